// Written by infra/tables/generateIodTables.ts from the DICOM standard, edition 2025b.

/** Attributes of Type 1, a space, attributes of Type 2 of each module, at the top level: eight hexadecimal digits a tag. */
export const requiredByModule = {
  'acquisition-context': ' 00400555',
  'advanced-blending-presentation-state': '00701B01 ',
  'advanced-blending-presentation-state-display': '0008920500701B04 ',
  'autorefraction-measurements-series': '00080060 ',
  'breast-view': '0008000800540220 ',
  'color-palette-definition': '0020001300700080 0070008100700084',
  'content-assessment-results': '0082000100820004008200060082002100820023 00820017',
  'corneal-topography-map-analysis':
    '00082112002214150046007400460080004602010046020200460207004602150046021800460220004602240046022700460244 ',
  'corneal-topography-map-image':
    '00080008000800230008002A000800330008221800200013002000620028000200280004002800340028010000280101002801020028010300280301002803020028211000409096 ',
  'corneal-topography-map-series': '0008006000180015 ',
  'cr-image': '00280004 ',
  'cr-series': ' 0018001500185101',
  'ct-image': '0008000800280002002800040028010000280101002801020028105200281053 0018006000200012',
  'ct-protocol-series': '00080060 ',
  'ct-series': '00080060 ',
  'deformable-spatial-registration': '0008002300080033002000130064000200700080 0070008100700084',
  'displayed-area': '0070005A ',
  'dx-anatomy-imaged': '00200062 00082218',
  'dx-detector': '00181164 00187004',
  'dx-image':
    '000800080028000200280004002801000028010100280102002801030028030100281040002810410028105200281053002810540028211020500020 ',
  'dx-series': '0008006000080068 ',
  'encapsulated-document': '00200013002803010042001100420012 000800230008002A000800330040A04300420010',
  'encapsulated-document-series': '000800600020000E00200011 ',
  'enhanced-contrast-bolus': '00180012 ',
  'enhanced-ct-image': '00080008000892050008920600089207002800020028000400280100002801010028010220500020 ',
  'enhanced-general-equipment': '00080070000810900018100000181020 ',
  'enhanced-mammography-image':
    '0008002A001800600018119000181191001811A0001811A2001811A40018150000181508001870600018706200189004002800020028000400280100002801010028010200280103002803010028211000400316004083020054020220500020 00187004',
  'enhanced-mammography-series': '00080060 ',
  'enhanced-mr-image': '00080008000892050008920600089207002800020028000400280100002801010028010200280103 ',
  'enhanced-pet-acquisition': '001811340018975500540220 ',
  'enhanced-pet-corrections':
    '001897580018975900189760001897610018976200189763001897640018976500189766001897670018976800541002 ',
  'enhanced-pet-image': '0008000800089205000892060008920700189004002800020028000400280100002801010028010220500020 ',
  'enhanced-pet-isotope': '00540016 ',
  'enhanced-pet-series': '00080060 ',
  'enhanced-series': '00200011 ',
  'enhanced-us-image':
    '000800080008002A00082218001850220018502400185026001850270018505000189801001898090018980D0018980E0018980F00209311002800020028000400280100002801010028010200280103002803010028105200281053002821100054022020500020 ',
  'enhanced-us-series': '00080060 ',
  'enhanced-xa-xrf-image':
    '000800080008002A0018900400189410002800020028000400280100002801010028010200280103002803010028211020500020 ',
  'equipment-specification': '00080221 ',
  'floating-point-image-pixel': '00280002002800040028001000280011002801007FE00008 ',
  'frame-of-reference': '00200052 00201040',
  'general-equipment': ' 00080070',
  'general-image': ' 00200013',
  'general-ophthalmic-refractive-measurements': '000800230008003300200013 ',
  'general-series': '000800600020000E 00200011',
  'general-study': '0020000D 0008002000080030000800500008009000200010',
  'generic-implant-template-description':
    '00080070002000520022109500221097006862210068622300686226006863A0006863A8006863AC 006862A5',
  'hanging-protocol-definition': '007200020072000400720006007200080072000A0072000C0072001400720020 0072000E',
  'hanging-protocol-display': '00720200 00720208',
  'hanging-protocol-environment': ' 0072010000720102',
  'icc-profile': '00282000 ',
  'image-pixel': '0028000200280004002800100028001100280100002801010028010200280103 ',
  'image-plane': '002000320020003700280030 00180050',
  'implant-assembly-template': '00686226007600030076000A007600100076002000760032 00420011004200120076000100760006',
  'implant-template-group': '0068622600780001007800200078002A007800B0 00780024',
  'intra-oral-image': '000822180018150800200062 ',
  'intra-oral-series': '00080060 ',
  'intraocular-lens-calculations-series': '00080060 ',
  'intravascular-image-acquisition-parameters': '00183100 00520016',
  'intravascular-oct-acquisition-parameters': '00520006005200090052001100520012 00520002005200030052000700520008',
  'intravascular-oct-image':
    '000800080008002A000892050008920600200012002800020028000400280100002801010028010200280103002803010028030200282110 ',
  'intravascular-oct-series': '000800600008006800200011 ',
  'keratometry-measurements-series': '00080060 ',
  'key-object-document': '0008002300080033002000130040A375 ',
  'key-object-document-series': '000800600020000E00200011 00081111',
  'lensometry-measurements': ' 00460012',
  'lensometry-measurements-series': '00080060 ',
  'mammography-image': '000800080008221800181508002000620040031800540220 ',
  'mammography-series': '00080060 ',
  'mpr-volumetric-presentation-state-display': '00089205 ',
  'mr-image': '0008000800180020001800210028000200280004002801000028010100280102 00180022001800230018008100180091',
  'mr-series': '00080060 ',
  'mr-spectroscopy': '0008000800089206000892070008920800089209 ',
  'mr-spectroscopy-data': '00280010002800110028900100289002002890030028910856000020 ',
  'multi-frame': '00280008 ',
  'multi-frame-dimension': '0020922100209222 ',
  'multi-frame-functional-groups': '0008002300080033002000130028000852009229 ',
  'multi-planar-reconstruction-geometry': '0070150100701502 ',
  'nm-detector': ' 00540022',
  'nm-image': '00080008 00180070',
  'nm-image-pixel': '0028000200280004002801000028010100280102 00280030',
  'nm-isotope': ' 0054001200540016',
  'nm-multi-frame': '0054001100540021 ',
  'nm-pet-patient-orientation': ' 0054041000540414',
  'ocular-region-imaged': '0008221800200062 ',
  'ophthalmic-axial-measurements': '00221009 ',
  'ophthalmic-axial-measurements-series': '00080060 ',
  'ophthalmic-optical-coherence-tomography-b-scan-volume-analysis-image':
    '00080008000800230008003300200013002091620020916300209228002214230022164000280002002800040028010000280101002801020028010300280301002803020028211020500020 ',
  'ophthalmic-optical-coherence-tomography-en-face-image':
    '0008000800080023000800330008211200200013002216120022161500221620002800020028000400280030002801000028010100280102002801030028030100280302002810500028105100282110 ',
  'ophthalmic-photographic-parameters': '00220015 0018700400220016002200170022001800220019',
  'ophthalmic-photography-acquisition-parameters': ' 002200050022000A0022000B0022000C0022000D0022001B',
  'ophthalmic-photography-image': '000800080008002300080033002000130028000200280004002801030028030100282110 ',
  'ophthalmic-photography-series': '00080060 ',
  'ophthalmic-thickness-map':
    '00080008000800230008002A0008003300082218000892050020001300200062002214150022142000221436002800020028000400280030002800340028010000280101002801020028010300280301002803020028211000409096 ',
  'ophthalmic-thickness-map-series': '00080060 ',
  'ophthalmic-tomography-acquisition-parameters': ' 0022000A0022000B0022000C0022000D0022001B00220030',
  'ophthalmic-tomography-image':
    '000800080008002A00200012002091620020916300209228002800020028000400280100002801010028010200280103002803010028211020500020 ',
  'ophthalmic-tomography-parameters': '0018700400220015 00220017',
  'ophthalmic-tomography-series': '0008006000200011 ',
  'optical-path': '00480105 ',
  'optical-surface-scanner-series': '00080060 00800013',
  'palette-color-lookup-table': '002811010028110200281103 ',
  'parametric-map-image':
    '0008000800189004002000130028000200280004002801000028030100280302002821100070008020500020 0070008100700084',
  'parametric-map-series': '0008006000200011 ',
  patient: ' 00100010001000200010003000100040',
  'patient-orientation': '00540410 ',
  'pet-image':
    '00080008002800020028000400280100002801010028010200281052002810530054130000541330 000800220008003200181242',
  'pet-isotope': ' 00540016',
  'pet-series': '00080021000800310054008100541000005410010054100200541102 0018118100280051',
  'point-cloud': '00660011 ',
  'presentation-series': '00080060 ',
  'presentation-state-blending': '0070040200700403 ',
  'presentation-state-identification': '00200013007000800070008200700083 0070008100700084',
  'presentation-state-relationship': '00081115 ',
  'presentation-view-description': ' 000822180020006200540220',
  'protocol-approval': '0044010000440109 ',
  'protocol-context': '00080012000800130018103000700084 00080220',
  'raw-data': '000800230008003300089123 00200013',
  'real-world-value-mapping': '0008002300080033002000130040909400700080 0070008100700084',
  'real-world-value-mapping-series': '00080060 ',
  'render-display': '0008920500701A08 00701805',
  'roi-contour': '30060039 ',
  'rt-beams-delivery-instruction': '00741020300C0002 ',
  'rt-beams-session-record': '30080020300A00B3 300A0078',
  'rt-brachy-application-setup-delivery-instruction': '0074140130080022300C0002300C0022 ',
  'rt-brachy-session-record': '3008010030080110300A0200300A0202 300A0078',
  'rt-dose': '30040002300400043004000A ',
  'rt-general-plan': '300A0002300A000C 300A0006300A0007',
  'rt-general-treatment-record': '00200013 3008025030080251300C0002',
  'rt-image':
    '00080008002800020028000400280100002801010028010200280103300200023002000C 000800643002000E3002001130020012300200203002002230020026300A00B3',
  'rt-ion-beams-session-record': '30080021300A00B3 300A0078',
  'rt-roi-observations': '30060080 ',
  'rt-series': '000800600020000E 0008107000200011',
  'rt-treatment-machine-record': '300A0206 ',
  'rt-treatment-summary-record': '30080200 3008005430080056',
  'sc-equipment': '00080064 ',
  'sc-multi-frame-image': '00280301 ',
  'scan-procedure': '0008002A00200012002000130080000100800004 00800002',
  'segmentation-image':
    '000800080020001300280002002800040028010000280101002801020028010300282110006200010062000200700080 0070008100700084',
  'segmentation-series': '0008006000200011 ',
  'slide-coordinates': ' 0040071A',
  'sop-common': '0008001600080018 ',
  'spatial-fiducials': '000800230008003300200013007000800070031C 0070008100700084',
  'spatial-fiducials-series': '00080060 ',
  'spatial-registration': '0008002300080033002000130070008000700308 0070008100700084',
  'spatial-registration-series': '00080060 ',
  specimen: '0040051200400560 0040051300400518',
  'sr-document-general': '0008002300080033002000130040A4910040A493 0040A372',
  'sr-document-series': '000800600020000E00200011 00081111',
  'stereometric-relationship': '00220020 ',
  'stereometric-series': '00080060 ',
  'structure-set': '3006000230060020 3006000830060009',
  'structured-display': '002000130070008000700082007000830072010000720102 0070008100700084',
  'structured-display-image-box': '00720422 ',
  'subjective-refraction-measurements-series': '00080060 ',
  'surface-mesh': '0066000100660002 ',
  'surface-segmentation': '0008002300080033002000130062000200700080 0070008100700084',
  synchronization: '0018106A0018180000200200 ',
  timezone: '00080201 ',
  'tractography-results': '0008002300080033002000130066010100700080 0070008100700084',
  'tractography-results-series': '0008006000200011 ',
  'ultrasound-frame-of-reference': '002093070020930900209312 ',
  'us-image': '002800020028000400280100002801010028010200280103 00080008',
  'visual-acuity-measurements': '0046009200460094004600950046012100460125 ',
  'visual-acuity-measurements-series': '00080060 ',
  'visual-field-static-perimetry-measurements-series': '00080060 ',
  'visual-field-static-perimetry-test-measurements':
    '00240037002400570024008600240088002400890024010500240106002401130024011700240120 ',
  'visual-field-static-perimetry-test-parameters':
    '002400100024001100240012002400180024002000240021002400240024002500240028 ',
  'visual-field-static-perimetry-test-reliability': '0024003200240034 ',
  'visual-field-static-perimetry-test-results': '0024006300240074002400760024007800240080 ',
  'vl-image': '00080008002800020028000400280100002801010028010200280103 00282110',
  'volume-render-geometry': '0070120D0070160200701603007016040070160500701606 ',
  'volumetric-presentation-state-identification': '00200013007000800070008200700083 0070008100700084',
  'volumetric-presentation-state-relationship': '007012010070120A0070120B ',
  waveform: '54000100 ',
  'waveform-identification': '000800230008002A0008003300200013 ',
  'whole-slide-microscopy-image':
    '000800080008002A0008920600280002002800040028000800280100002801010028010200280103002803010028211000480006004800070048000800480010004800110048001200480102 ',
  'whole-slide-microscopy-series': '00080060 ',
  'wide-field-ophthalmic-photography-3d-coordinates': '000822180022101900221512002215130022151500221518 ',
  'wide-field-ophthalmic-photography-stereographic-projection': '000822180022101900221513002215150022152800221529 ',
  'x-ray-3d-image':
    '00080008000892050008920600089207001890040028000200280004002801000028010100280102002803010028211020500020 ',
  'x-ray-acquisition': '00181155 00180060',
  'x-ray-image': '0008000800280002002800040028010000280101002801020028010300281040 ',
  'xa-positioner': ' 0018151000181511',
  'xa-xrf-series': '0008006000200011 ',
} as const;

/** Mandatory modules of an IOD to the storage SOP classes it defines, without their root 1.2.840.10008. */
export const sopClassesByModules = {
  'patient general-study general-series cr-series general-equipment general-image image-pixel cr-image sop-common':
    '5.1.4.1.1.1',
  'patient general-study general-series dx-series general-equipment general-image image-pixel dx-anatomy-imaged dx-image dx-detector acquisition-context sop-common':
    '5.1.4.1.1.1.1 5.1.4.1.1.1.1.1',
  'patient general-study general-series dx-series mammography-series general-equipment general-image image-pixel dx-anatomy-imaged dx-image dx-detector mammography-image acquisition-context sop-common':
    '5.1.4.1.1.1.2 5.1.4.1.1.1.2.1',
  'patient general-study general-series dx-series intra-oral-series general-equipment general-image image-pixel dx-anatomy-imaged dx-image dx-detector intra-oral-image acquisition-context sop-common':
    '5.1.4.1.1.1.3 5.1.4.1.1.1.3.1',
  'patient general-study general-series frame-of-reference general-equipment general-image image-plane image-pixel ct-image sop-common':
    '5.1.4.1.1.2',
  'patient general-study general-series ct-series frame-of-reference general-equipment enhanced-general-equipment image-pixel multi-frame-functional-groups multi-frame-dimension acquisition-context enhanced-ct-image sop-common':
    '5.1.4.1.1.2.1',
  'patient general-study general-series ct-series frame-of-reference general-equipment image-pixel multi-frame-functional-groups acquisition-context enhanced-ct-image sop-common':
    '5.1.4.1.1.2.2',
  'patient general-study general-series general-equipment general-image image-pixel multi-frame us-image sop-common':
    '5.1.4.1.1.3.1',
  'patient general-study general-series frame-of-reference general-equipment general-image image-plane image-pixel mr-image sop-common':
    '5.1.4.1.1.4',
  'patient general-study general-series mr-series frame-of-reference general-equipment enhanced-general-equipment image-pixel multi-frame-functional-groups multi-frame-dimension acquisition-context enhanced-mr-image sop-common':
    '5.1.4.1.1.4.1',
  'patient general-study general-series mr-series frame-of-reference general-equipment enhanced-general-equipment multi-frame-functional-groups multi-frame-dimension acquisition-context mr-spectroscopy mr-spectroscopy-data sop-common':
    '5.1.4.1.1.4.2',
  'patient general-study general-series mr-series frame-of-reference general-equipment enhanced-general-equipment image-pixel multi-frame-functional-groups multi-frame-dimension acquisition-context enhanced-mr-image icc-profile sop-common':
    '5.1.4.1.1.4.3',
  'patient general-study general-series mr-series frame-of-reference general-equipment image-pixel multi-frame-functional-groups acquisition-context enhanced-mr-image sop-common':
    '5.1.4.1.1.4.4',
  'patient general-study general-series general-equipment general-image image-pixel us-image sop-common':
    '5.1.4.1.1.6.1',
  'patient general-study general-series enhanced-us-series frame-of-reference ultrasound-frame-of-reference synchronization general-equipment enhanced-general-equipment general-image image-pixel multi-frame-functional-groups multi-frame-dimension acquisition-context enhanced-us-image sop-common':
    '5.1.4.1.1.6.2',
  'patient general-study general-series enhanced-series frame-of-reference ultrasound-frame-of-reference synchronization general-equipment enhanced-general-equipment general-image image-pixel multi-frame-functional-groups multi-frame-dimension acquisition-context sop-common':
    '5.1.4.1.1.6.3',
  'patient general-study general-series sc-equipment general-image image-pixel sop-common': '5.1.4.1.1.7',
  'patient general-study general-series sc-equipment general-image image-pixel multi-frame sc-multi-frame-image sop-common':
    '5.1.4.1.1.7.1 5.1.4.1.1.7.2 5.1.4.1.1.7.3 5.1.4.1.1.7.4',
  'patient general-study general-series general-equipment waveform-identification waveform acquisition-context sop-common':
    '5.1.4.1.1.9.1.1 5.1.4.1.1.9.1.2 5.1.4.1.1.9.2.1 5.1.4.1.1.9.3.1 5.1.4.1.1.9.4.1',
  'patient general-study general-series general-equipment waveform-identification waveform sop-common':
    '5.1.4.1.1.9.1.3',
  'patient general-study general-series general-equipment enhanced-general-equipment waveform-identification waveform acquisition-context sop-common':
    '5.1.4.1.1.9.1.4 5.1.4.1.1.9.7.1',
  'patient general-study general-series synchronization general-equipment enhanced-general-equipment waveform-identification waveform acquisition-context sop-common':
    '5.1.4.1.1.9.4.2 5.1.4.1.1.9.5.1 5.1.4.1.1.9.6.1',
  'patient general-study general-series general-equipment enhanced-general-equipment waveform-identification waveform sop-common':
    '5.1.4.1.1.9.6.2 5.1.4.1.1.9.7.2 5.1.4.1.1.9.7.3 5.1.4.1.1.9.7.4 5.1.4.1.1.9.8.1',
  'patient general-study general-series presentation-series general-equipment enhanced-general-equipment presentation-state-identification sop-common':
    '5.1.4.1.1.9.100.1 5.1.4.1.1.9.100.2',
  'patient general-study general-series presentation-series general-equipment presentation-state-identification presentation-state-relationship displayed-area sop-common':
    '5.1.4.1.1.11.1 5.1.4.1.1.11.12',
  'patient general-study general-series presentation-series general-equipment presentation-state-identification presentation-state-relationship displayed-area icc-profile sop-common':
    '5.1.4.1.1.11.2',
  'patient general-study general-series presentation-series general-equipment presentation-state-identification presentation-state-relationship displayed-area palette-color-lookup-table icc-profile sop-common':
    '5.1.4.1.1.11.3',
  'patient general-study general-series presentation-series general-equipment presentation-state-identification presentation-state-blending displayed-area palette-color-lookup-table icc-profile sop-common':
    '5.1.4.1.1.11.4',
  'patient general-study general-series presentation-series general-equipment enhanced-general-equipment presentation-state-identification presentation-state-relationship displayed-area sop-common':
    '5.1.4.1.1.11.5',
  'patient general-study general-series presentation-series frame-of-reference general-equipment enhanced-general-equipment volumetric-presentation-state-identification volumetric-presentation-state-relationship presentation-view-description multi-planar-reconstruction-geometry mpr-volumetric-presentation-state-display sop-common':
    '5.1.4.1.1.11.6 5.1.4.1.1.11.7',
  'patient general-study general-series presentation-series frame-of-reference general-equipment enhanced-general-equipment presentation-state-identification advanced-blending-presentation-state advanced-blending-presentation-state-display icc-profile sop-common':
    '5.1.4.1.1.11.8',
  'patient general-study general-series presentation-series frame-of-reference general-equipment enhanced-general-equipment volumetric-presentation-state-identification volumetric-presentation-state-relationship presentation-view-description volume-render-geometry render-display sop-common':
    '5.1.4.1.1.11.9 5.1.4.1.1.11.10 5.1.4.1.1.11.11',
  'patient general-study general-series general-equipment general-image image-pixel x-ray-image x-ray-acquisition xa-positioner sop-common':
    '5.1.4.1.1.12.1',
  'patient general-study general-series xa-xrf-series general-equipment enhanced-general-equipment image-pixel acquisition-context multi-frame-functional-groups enhanced-xa-xrf-image sop-common':
    '5.1.4.1.1.12.1.1 5.1.4.1.1.12.2.1',
  'patient general-study general-series general-equipment general-image image-pixel x-ray-image x-ray-acquisition sop-common':
    '5.1.4.1.1.12.2',
  'patient general-study general-series enhanced-series frame-of-reference general-equipment enhanced-general-equipment image-pixel acquisition-context multi-frame-functional-groups x-ray-3d-image sop-common':
    '5.1.4.1.1.13.1.1 5.1.4.1.1.13.1.2',
  'patient general-study general-series enhanced-mammography-series frame-of-reference general-equipment enhanced-general-equipment image-pixel acquisition-context multi-frame-functional-groups x-ray-3d-image breast-view sop-common':
    '5.1.4.1.1.13.1.3',
  'patient general-study general-series dx-series enhanced-mammography-series frame-of-reference general-equipment enhanced-general-equipment enhanced-mammography-image breast-view image-pixel acquisition-context multi-frame-functional-groups patient-orientation sop-common':
    '5.1.4.1.1.13.1.4 5.1.4.1.1.13.1.5',
  'patient general-study general-series intravascular-oct-series frame-of-reference synchronization general-equipment enhanced-general-equipment image-pixel enhanced-contrast-bolus multi-frame-functional-groups multi-frame-dimension acquisition-context intravascular-oct-image intravascular-oct-acquisition-parameters intravascular-image-acquisition-parameters sop-common':
    '5.1.4.1.1.14.1 5.1.4.1.1.14.2',
  'patient general-study general-series nm-pet-patient-orientation general-equipment general-image image-pixel nm-image-pixel multi-frame nm-multi-frame nm-image nm-isotope nm-detector sop-common':
    '5.1.4.1.1.20',
  'patient general-study general-series parametric-map-series frame-of-reference general-equipment enhanced-general-equipment general-image parametric-map-image multi-frame-functional-groups multi-frame-dimension acquisition-context sop-common':
    '5.1.4.1.1.30',
  'patient general-study general-series general-equipment acquisition-context raw-data sop-common': '5.1.4.1.1.66',
  'patient general-study general-series spatial-registration-series frame-of-reference general-equipment spatial-registration sop-common':
    '5.1.4.1.1.66.1',
  'patient general-study general-series spatial-fiducials-series general-equipment spatial-fiducials sop-common':
    '5.1.4.1.1.66.2',
  'patient general-study general-series spatial-registration-series frame-of-reference general-equipment enhanced-general-equipment deformable-spatial-registration sop-common':
    '5.1.4.1.1.66.3',
  'patient general-study general-series segmentation-series general-equipment enhanced-general-equipment general-image image-pixel segmentation-image multi-frame-functional-groups multi-frame-dimension sop-common':
    '5.1.4.1.1.66.4 5.1.4.1.1.66.7',
  'patient general-study general-series segmentation-series frame-of-reference general-equipment enhanced-general-equipment surface-segmentation surface-mesh sop-common':
    '5.1.4.1.1.66.5',
  'patient general-study general-series tractography-results-series frame-of-reference general-equipment enhanced-general-equipment tractography-results sop-common':
    '5.1.4.1.1.66.6',
  'patient general-study general-series segmentation-series frame-of-reference general-equipment enhanced-general-equipment general-image multi-frame-functional-groups multi-frame-dimension floating-point-image-pixel sop-common':
    '5.1.4.1.1.66.8',
  'patient general-study general-series real-world-value-mapping-series general-equipment real-world-value-mapping sop-common':
    '5.1.4.1.1.67',
  'patient general-study general-series optical-surface-scanner-series frame-of-reference general-equipment enhanced-general-equipment surface-mesh scan-procedure sop-common':
    '5.1.4.1.1.68.1',
  'patient general-study general-series optical-surface-scanner-series frame-of-reference general-equipment enhanced-general-equipment point-cloud scan-procedure sop-common':
    '5.1.4.1.1.68.2',
  'patient general-study general-series general-equipment general-image image-pixel acquisition-context vl-image sop-common':
    '5.1.4.1.1.77.1.1 5.1.4.1.1.77.1.2 5.1.4.1.1.77.1.4',
  'patient general-study general-series general-equipment general-image multi-frame image-pixel acquisition-context vl-image sop-common':
    '5.1.4.1.1.77.1.1.1 5.1.4.1.1.77.1.2.1 5.1.4.1.1.77.1.4.1',
  'patient general-study general-series frame-of-reference general-equipment general-image image-pixel acquisition-context specimen vl-image slide-coordinates sop-common':
    '5.1.4.1.1.77.1.3',
  'patient general-study general-series ophthalmic-photography-series synchronization general-equipment general-image image-pixel multi-frame ophthalmic-photography-image ocular-region-imaged ophthalmic-photography-acquisition-parameters ophthalmic-photographic-parameters sop-common':
    '5.1.4.1.1.77.1.5.1 5.1.4.1.1.77.1.5.2',
  'patient general-study general-series stereometric-series general-equipment stereometric-relationship sop-common':
    '5.1.4.1.1.77.1.5.3',
  'patient general-study general-series ophthalmic-tomography-series general-equipment enhanced-general-equipment image-pixel multi-frame-functional-groups multi-frame-dimension acquisition-context ophthalmic-tomography-image ophthalmic-tomography-acquisition-parameters ophthalmic-tomography-parameters ocular-region-imaged sop-common':
    '5.1.4.1.1.77.1.5.4',
  'patient general-study general-series ophthalmic-photography-series frame-of-reference synchronization general-equipment enhanced-general-equipment general-image image-pixel multi-frame ophthalmic-photography-image wide-field-ophthalmic-photography-stereographic-projection ocular-region-imaged ophthalmic-photography-acquisition-parameters ophthalmic-photographic-parameters sop-common':
    '5.1.4.1.1.77.1.5.5',
  'patient general-study general-series ophthalmic-photography-series frame-of-reference synchronization general-equipment enhanced-general-equipment general-image image-pixel multi-frame ophthalmic-photography-image wide-field-ophthalmic-photography-3d-coordinates ocular-region-imaged ophthalmic-photography-acquisition-parameters ophthalmic-photographic-parameters sop-common':
    '5.1.4.1.1.77.1.5.6',
  'patient general-study general-series frame-of-reference general-equipment enhanced-general-equipment general-image image-pixel ophthalmic-optical-coherence-tomography-en-face-image ocular-region-imaged sop-common':
    '5.1.4.1.1.77.1.5.7',
  'patient general-study general-series frame-of-reference general-equipment enhanced-general-equipment image-pixel ophthalmic-optical-coherence-tomography-b-scan-volume-analysis-image multi-frame-functional-groups multi-frame-dimension sop-common':
    '5.1.4.1.1.77.1.5.8',
  'patient general-study general-series whole-slide-microscopy-series general-equipment enhanced-general-equipment general-image image-pixel acquisition-context multi-frame-functional-groups multi-frame-dimension specimen whole-slide-microscopy-image optical-path sop-common':
    '5.1.4.1.1.77.1.6',
  'patient general-study general-series general-equipment enhanced-general-equipment general-image image-pixel acquisition-context vl-image sop-common':
    '5.1.4.1.1.77.1.7',
  'patient general-study general-series frame-of-reference general-equipment enhanced-general-equipment general-image image-pixel multi-frame-functional-groups multi-frame-dimension acquisition-context optical-path sop-common':
    '5.1.4.1.1.77.1.8 5.1.4.1.1.77.1.9',
  'patient general-study general-series lensometry-measurements-series general-equipment enhanced-general-equipment general-ophthalmic-refractive-measurements lensometry-measurements sop-common':
    '5.1.4.1.1.78.1',
  'patient general-study general-series autorefraction-measurements-series general-equipment enhanced-general-equipment general-ophthalmic-refractive-measurements sop-common':
    '5.1.4.1.1.78.2',
  'patient general-study general-series keratometry-measurements-series general-equipment enhanced-general-equipment general-ophthalmic-refractive-measurements sop-common':
    '5.1.4.1.1.78.3',
  'patient general-study general-series subjective-refraction-measurements-series general-equipment enhanced-general-equipment general-ophthalmic-refractive-measurements sop-common':
    '5.1.4.1.1.78.4',
  'patient general-study general-series visual-acuity-measurements-series general-equipment enhanced-general-equipment general-ophthalmic-refractive-measurements visual-acuity-measurements sop-common':
    '5.1.4.1.1.78.5',
  'patient general-study sr-document-series general-equipment enhanced-general-equipment sr-document-general sop-common':
    '5.1.4.1.1.78.6 5.1.4.1.1.79.1 5.1.4.1.1.88.35 5.1.4.1.1.88.67 5.1.4.1.1.88.68 5.1.4.1.1.88.69 5.1.4.1.1.88.70 5.1.4.1.1.88.71 5.1.4.1.1.88.73 5.1.4.1.1.88.74 5.1.4.1.1.88.76 5.1.4.1.1.88.77',
  'patient general-study general-series ophthalmic-axial-measurements-series general-equipment enhanced-general-equipment ophthalmic-axial-measurements general-ophthalmic-refractive-measurements sop-common':
    '5.1.4.1.1.78.7',
  'patient general-study general-series intraocular-lens-calculations-series general-equipment enhanced-general-equipment general-ophthalmic-refractive-measurements sop-common':
    '5.1.4.1.1.78.8',
  'patient general-study general-series visual-field-static-perimetry-measurements-series general-equipment enhanced-general-equipment visual-field-static-perimetry-test-parameters visual-field-static-perimetry-test-reliability visual-field-static-perimetry-test-measurements visual-field-static-perimetry-test-results sop-common':
    '5.1.4.1.1.80.1',
  'patient general-study general-series ophthalmic-thickness-map-series general-equipment enhanced-general-equipment general-image image-pixel ophthalmic-thickness-map ophthalmic-photography-acquisition-parameters acquisition-context sop-common':
    '5.1.4.1.1.81.1',
  'patient general-study general-series corneal-topography-map-series general-equipment enhanced-general-equipment frame-of-reference general-image image-pixel palette-color-lookup-table corneal-topography-map-image corneal-topography-map-analysis ophthalmic-photography-acquisition-parameters acquisition-context sop-common':
    '5.1.4.1.1.82.1',
  'patient general-study sr-document-series general-equipment sr-document-general sop-common':
    '5.1.4.1.1.88.11 5.1.4.1.1.88.22 5.1.4.1.1.88.33 5.1.4.1.1.88.34 5.1.4.1.1.88.50 5.1.4.1.1.88.65',
  'patient general-study sr-document-series synchronization general-equipment sr-document-general sop-common':
    '5.1.4.1.1.88.40',
  'patient general-study key-object-document-series general-equipment key-object-document sop-common':
    '5.1.4.1.1.88.59',
  'patient general-study sr-document-series general-equipment enhanced-general-equipment sr-document-general timezone sop-common':
    '5.1.4.1.1.88.72',
  'patient general-study sr-document-series synchronization general-equipment enhanced-general-equipment sr-document-general sop-common':
    '5.1.4.1.1.88.75',
  'patient general-study general-series general-equipment enhanced-general-equipment content-assessment-results sop-common':
    '5.1.4.1.1.90.1',
  'patient general-study general-series general-equipment enhanced-general-equipment sop-common':
    '5.1.4.1.1.91.1 5.1.4.1.1.481.10 5.1.4.1.1.481.11 5.1.4.1.1.481.16 5.1.4.1.1.481.17 5.1.4.1.1.481.21 5.1.4.1.1.481.22 5.1.4.1.1.481.25',
  'patient general-study encapsulated-document-series general-equipment sc-equipment encapsulated-document sop-common':
    '5.1.4.1.1.104.1 5.1.4.1.1.104.2',
  'patient general-study encapsulated-document-series frame-of-reference general-equipment enhanced-general-equipment encapsulated-document sop-common':
    '5.1.4.1.1.104.3 5.1.4.1.1.104.4',
  'patient general-study encapsulated-document-series general-equipment enhanced-general-equipment encapsulated-document sop-common':
    '5.1.4.1.1.104.5',
  'patient general-study general-series pet-series pet-isotope nm-pet-patient-orientation frame-of-reference general-equipment general-image image-plane image-pixel pet-image sop-common':
    '5.1.4.1.1.128',
  'patient general-study general-series enhanced-pet-series frame-of-reference general-equipment enhanced-general-equipment image-pixel acquisition-context multi-frame-functional-groups multi-frame-dimension enhanced-pet-isotope enhanced-pet-acquisition enhanced-pet-image enhanced-pet-corrections sop-common':
    '5.1.4.1.1.130',
  'patient general-study general-series enhanced-pet-series frame-of-reference general-equipment image-pixel acquisition-context multi-frame-functional-groups enhanced-pet-image sop-common':
    '5.1.4.1.1.128.1',
  'patient general-study general-series presentation-series general-equipment structured-display structured-display-image-box sop-common':
    '5.1.4.1.1.131',
  'patient general-study general-series enhanced-series ct-protocol-series frame-of-reference general-equipment enhanced-general-equipment protocol-context sop-common':
    '5.1.4.1.1.200.2',
  'patient general-study general-series enhanced-series frame-of-reference general-equipment enhanced-general-equipment protocol-context sop-common':
    '5.1.4.1.1.200.8',
  'patient general-study rt-series general-equipment general-image image-pixel rt-image sop-common': '5.1.4.1.1.481.1',
  'patient general-study rt-series frame-of-reference general-equipment rt-dose sop-common': '5.1.4.1.1.481.2',
  'patient general-study rt-series general-equipment structure-set roi-contour rt-roi-observations sop-common':
    '5.1.4.1.1.481.3',
  'patient general-study rt-series general-equipment rt-general-treatment-record rt-treatment-machine-record rt-beams-session-record sop-common':
    '5.1.4.1.1.481.4',
  'patient general-study rt-series general-equipment rt-general-plan sop-common': '5.1.4.1.1.481.5',
  'patient general-study rt-series general-equipment rt-general-treatment-record rt-treatment-machine-record rt-brachy-session-record sop-common':
    '5.1.4.1.1.481.6',
  'patient general-study rt-series general-equipment rt-general-treatment-record rt-treatment-summary-record sop-common':
    '5.1.4.1.1.481.7',
  'patient general-study rt-series frame-of-reference general-equipment rt-general-plan sop-common': '5.1.4.1.1.481.8',
  'patient general-study rt-series general-equipment rt-general-treatment-record rt-treatment-machine-record rt-ion-beams-session-record sop-common':
    '5.1.4.1.1.481.9',
  'patient general-study general-series general-equipment enhanced-general-equipment frame-of-reference sop-common':
    '5.1.4.1.1.481.12 5.1.4.1.1.481.13 5.1.4.1.1.481.14 5.1.4.1.1.481.15 5.1.4.1.1.481.18 5.1.4.1.1.481.19 5.1.4.1.1.481.20',
  'patient general-study general-series frame-of-reference general-equipment enhanced-general-equipment image-pixel multi-frame-functional-groups multi-frame-dimension sop-common':
    '5.1.4.1.1.481.23',
  'patient general-study general-series frame-of-reference general-equipment enhanced-general-equipment image-pixel multi-frame-functional-groups sop-common':
    '5.1.4.1.1.481.24',
  'patient general-study general-series general-equipment rt-beams-delivery-instruction sop-common': '5.1.4.34.7',
  'patient general-study general-series general-equipment enhanced-general-equipment rt-brachy-application-setup-delivery-instruction sop-common':
    '5.1.4.34.10',
  'sop-common hanging-protocol-definition hanging-protocol-environment hanging-protocol-display': '5.1.4.38.1',
  'sop-common color-palette-definition palette-color-lookup-table icc-profile': '5.1.4.39.1',
  'generic-implant-template-description sop-common': '5.1.4.43.1',
  'implant-assembly-template sop-common': '5.1.4.44.1',
  'implant-template-group sop-common': '5.1.4.45.1',
  'general-equipment enhanced-general-equipment protocol-context equipment-specification sop-common':
    '5.1.4.1.1.200.1 5.1.4.1.1.200.7',
  'general-equipment enhanced-general-equipment sop-common protocol-approval': '5.1.4.1.1.200.3',
  'general-equipment sop-common': '5.1.4.1.1.201.1',
} as const;
